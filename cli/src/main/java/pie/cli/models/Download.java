package pie.cli.models;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.Sha256;

/** Bring one file from an address to its place, going on with what an earlier attempt left. */
final class Download {
    private static final long STALL_NANOS = 60_000_000_000L;

    /**
     * Name what to fetch.
     *
     * @param sha256 hex, "" if unknown: then nothing is gone on with and nothing checked but the length
     * @param bytes size, -1 if unknown
     */
    record Request(String name, URI address, Map<String, String> headers, String sha256, long bytes) {}

    private final Http http;
    private final Environment environment;
    private final ProgressListener listener;

    Download(Http http, Environment environment, ProgressListener listener) {
        this.http = http;
        this.environment = environment;
        this.listener = listener;
    }

    /**
     * Fetch into {@code target}, which appears whole or not at all; what is unfinished stays in {@code target.part}.
     *
     * @throws PieException UPSTREAM_FAILURE, STORAGE_FULL, PERMISSION_DENIED; the message says what to do
     */
    void fetch(Request request, Path target) {
        Path part = target.resolveSibling(target.getFileName() + ".part");
        try {
            Files.createDirectories(target.getParent());
            if (request.sha256.isEmpty()) {
                Files.deleteIfExists(part);
            }
        } catch (IOException e) {
            throw Failures.write(part, e);
        }
        for (int attempt = 1; ; attempt++) {
            try {
                receive(request, part);
                break;
            } catch (Interruption e) {
                if (attempt >= environment.attempts() || !e.retryable) {
                    throw e.failure(request);
                }
                listener.phase("connection broken, trying again");
                pause();
            }
        }
        finish(request, part, target);
    }

    /** Carry a failure of the connection that another attempt may get over. */
    private static final class Interruption extends Exception {
        private final boolean retryable;

        Interruption(String message, boolean retryable, @Nullable Throwable cause) {
            super(message, cause);
            this.retryable = retryable;
        }

        PieException failure(Request request) {
            return Failures.upstream(
                    request.name + ": " + getMessage()
                            + (retryable ? ". Run the same command again: it goes on where it stopped" : ""),
                    this);
        }
    }

    private void receive(Request request, Path part) throws Interruption {
        long have = size(part);
        if (request.bytes >= 0 && have == request.bytes) {
            return;
        }
        checkRoom(part, request.bytes - have);
        if ("file".equals(request.address.getScheme())) {
            copy(request, part);
            return;
        }
        Map<String, String> headers = new HashMap<>(request.headers);
        if (have > 0) {
            headers.put("Range", "bytes=" + have + "-");
        }
        HttpResponse<InputStream> response;
        try {
            response = http.get(request.address, headers);
        } catch (IOException e) {
            throw new Interruption("no connection (" + reason(e) + ")", true, e);
        }
        try (InputStream body = response.body()) {
            switch (response.statusCode()) {
                case 200 -> store(request, body, part, 0, length(response));
                case 206 -> store(request, body, part, startOf(response, have), totalOf(response));
                case 416 -> restart(part);
                default -> throw refused(response.statusCode());
            }
        } catch (IOException e) {
            throw new Interruption("the connection broke (" + reason(e) + ")", true, e);
        }
    }

    private static Interruption refused(int status) {
        boolean passing = status >= 500 || status == 429 || status == 408;
        String hint = status == 401 || status == 403 ? "; a private or gated repository needs HF_TOKEN" : "";
        return new Interruption("the server answers " + status + hint, passing, null);
    }

    private static void restart(Path part) throws Interruption {
        try {
            Files.deleteIfExists(part);
        } catch (IOException e) {
            throw Failures.write(part, e);
        }
        throw new Interruption("the server has less than what is here already", true, null);
    }

    private static long startOf(HttpResponse<?> response, long asked) throws Interruption {
        String range = response.headers().firstValue("Content-Range").orElse("");
        if (!range.startsWith("bytes " + asked + "-")) {
            throw new Interruption("the server sends another range than asked for", false, null);
        }
        return asked;
    }

    private static long length(HttpResponse<?> response) {
        return response.headers().firstValueAsLong("Content-Length").orElse(-1);
    }

    private static long totalOf(HttpResponse<?> response) {
        String range = response.headers().firstValue("Content-Range").orElse("");
        String total = range.substring(range.indexOf('/') + 1);
        return total.matches("[0-9]{1,18}") ? Long.parseLong(total) : -1;
    }

    private void copy(Request request, Path part) {
        try (InputStream in = Files.newInputStream(Path.of(request.address))) {
            store(request, in, part, 0, request.bytes);
        } catch (IOException e) {
            throw Failures.upstream(request.name + " cannot be read: " + reason(e), e);
        }
    }

    private void store(Request request, InputStream body, Path part, long start, long total) throws IOException {
        long expected = total >= 0 ? total : request.bytes;
        AtomicLong lastByte = new AtomicLong(System.nanoTime());
        Thread watch = Thread.ofVirtual().start(() -> closeIfStalled(body, lastByte));
        try (FileChannel out = open(part, start)) {
            long done = start;
            byte[] buffer = new byte[1 << 16];
            listener.progress(request.name, done, expected);
            for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
                write(out, ByteBuffer.wrap(buffer, 0, n), part);
                done += n;
                lastByte.set(System.nanoTime());
                listener.progress(request.name, done, expected);
            }
            if (expected >= 0 && done < expected) {
                throw new IOException(done + " of " + expected + " bytes came");
            }
        } finally {
            watch.interrupt();
        }
    }

    private static void closeIfStalled(InputStream body, AtomicLong lastByte) {
        try {
            while (System.nanoTime() - lastByte.get() < STALL_NANOS) {
                Thread.sleep(1000);
            }
            body.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            // The reader sees the same failure.
        }
    }

    private static FileChannel open(Path part, long start) {
        try {
            FileChannel out = FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            out.truncate(start);
            out.position(start);
            return out;
        } catch (IOException e) {
            throw Failures.write(part, e);
        }
    }

    private static void write(FileChannel out, ByteBuffer bytes, Path part) {
        try {
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
        } catch (IOException e) {
            throw Failures.write(part, e);
        }
    }

    private void finish(Request request, Path part, Path target) {
        try {
            if (!request.sha256.isEmpty()) {
                listener.phase("checking");
                String actual = Sha256.hex(part);
                if (!actual.equalsIgnoreCase(request.sha256)) {
                    Files.delete(part);
                    throw Failures.wrongHash(request.name, request.sha256, actual);
                }
            }
            commit(part, target);
        } catch (IOException e) {
            throw Failures.write(part, e);
        }
    }

    /** Bring a finished file to disk and give it its name, in that order. */
    static void commit(Path part, Path target) throws IOException {
        try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void checkRoom(Path part, long needed) {
        try {
            long free = Files.getFileStore(part.getParent()).getUsableSpace();
            if (needed > free) {
                throw Failures.diskFull(part, needed, free);
            }
        } catch (IOException e) {
            throw Failures.write(part, e);
        }
    }

    private static long size(Path part) {
        try {
            return Files.size(part);
        } catch (NoSuchFileException e) {
            return 0;
        } catch (IOException e) {
            throw new PieException(ErrorCode.INTERNAL, part + " cannot be looked at: " + e.getMessage(), Map.of(), e);
        }
    }

    private void pause() {
        try {
            Thread.sleep(environment.pause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PieException(ErrorCode.CANCELLED, "the pull was interrupted; run it again to go on");
        }
    }

    private static String reason(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
