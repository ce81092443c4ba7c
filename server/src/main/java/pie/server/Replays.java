package pie.server;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.Sha256;
import pie.engine.process.OwnerId;
import pie.engine.process.ProcessId;

/** Remember the process of each {@code Idempotency-Key}, so that a repeated launch finds it instead of making another. */
final class Replays {
    private static final Duration KEPT = Duration.ofHours(24);
    private static final Pattern FORM = Pattern.compile("[\\x21-\\x7e]{1,128}");

    /** Give the process of a key, and whether an earlier request made it. */
    record Launched(ProcessId process, boolean replay) {}

    private record Key(OwnerId owner, String key) {}

    private record Entry(String digest, long bornNanos, CompletableFuture<ProcessId> process) {}

    private final int max;
    private final Map<Key, Entry> entries = new LinkedHashMap<>();

    Replays(int max) {
        this.max = max;
    }

    static String digest(String target, String contentType, byte[] body) {
        MessageDigest digest = Sha256.digest();
        digest.update((target + "\n" + contentType + "\n").getBytes(StandardCharsets.UTF_8));
        digest.update(body);
        return Sha256.hex(digest);
    }

    /**
     * Launch once per key.
     *
     * @throws PieException INVALID_ARGUMENT for a bad key, CONFLICT for one used with another body, whatever {@code launch} throws;
     *     a launch that failed is not remembered
     */
    Launched launch(OwnerId owner, Optional<String> key, Supplier<String> digest, Supplier<ProcessId> launch) {
        if (key.isEmpty()) {
            return new Launched(launch.get(), false);
        }
        if (!FORM.matcher(key.get()).matches()) {
            throw PieException.invalid("Idempotency-Key must be 1 to 128 visible ASCII characters");
        }
        var k = new Key(owner, key.get());
        var mine = new Entry(digest.get(), System.nanoTime(), new CompletableFuture<>());
        Optional<Entry> first = claim(k, mine);
        if (first.isPresent()) {
            return replay(first.get(), mine);
        }
        try {
            ProcessId id = launch.get();
            mine.process.complete(id);
            return new Launched(id, false);
        } catch (RuntimeException | Error e) {
            synchronized (entries) {
                entries.remove(k, mine);
            }
            mine.process.completeExceptionally(e);
            throw e;
        }
    }

    private Optional<Entry> claim(Key key, Entry mine) {
        synchronized (entries) {
            Entry first = entries.get(key);
            if (first != null && mine.bornNanos - first.bornNanos < KEPT.toNanos()) {
                return Optional.of(first);
            }
            entries.remove(key);
            entries.put(key, mine);
            if (entries.size() > max) {
                entries.remove(entries.keySet().iterator().next());
            }
            return Optional.empty();
        }
    }

    private static Launched replay(Entry first, Entry mine) {
        if (!first.digest.equals(mine.digest)) {
            throw new PieException(
                    ErrorCode.CONFLICT,
                    "Idempotency-Key was used for another request; choose a new key",
                    Map.of("reason", "idempotency"));
        }
        try {
            return new Launched(first.process.join(), true);
        } catch (CompletionException e) {
            if (e.getCause() instanceof PieException p) {
                throw p;
            }
            throw e;
        }
    }
}
