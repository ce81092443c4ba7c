package pie.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import pie.runtime.Guests;
import pie.runtime.Language;
import pie.runtime.RuntimeConfig;

/**
 * Begin what a run will need while its command line is still being read: the guest. At that time all processors but one are idle.
 */
public final class HeadStart {
    /** Options with which nothing is run here, or with other guests, or of which the language cannot be told yet. */
    private static final List<String> OTHER =
            List.of("-h", "--help", "--url", "--lang", "--isolation", "--guest-memory");

    private static volatile @Nullable CompletableFuture<Guests> begun;

    private HeadStart() {}

    static void begin(String[] args) {
        if (args.length < 2
                || !(args[0].equals("run") || args[0].equals("profile"))
                || System.getenv("PIE_GUESTS__ISOLATION") != null
                || Arrays.stream(args).anyMatch(HeadStart::other)) {
            return;
        }
        Optional<Language> language = Arrays.stream(args)
                .skip(1)
                .takeWhile(arg -> !arg.equals("--"))
                .flatMap(arg -> Language.ofFile(arg).stream())
                .findFirst();
        language.ifPresent(HeadStart::begin);
    }

    private static boolean other(String arg) {
        return OTHER.stream().anyMatch(arg::startsWith);
    }

    private static void begin(Language language) {
        var guests = new CompletableFuture<Guests>();
        begun = guests;
        Thread.ofPlatform().daemon().name("pie-head-start").start(() -> {
            try {
                guests.complete(Guests.prepare(RuntimeConfig.DEFAULT.onceFor(language)));
            } catch (RuntimeException | Error e) {
                guests.completeExceptionally(e);
            }
        });
    }

    /** Return guests of this configuration: those that were begun, or new ones. */
    public static Guests guests(RuntimeConfig config) {
        CompletableFuture<Guests> early = begun;
        if (early == null) {
            return Guests.prepare(config);
        }
        begun = null;
        Guests guests = early.join();
        if (guests.config().withPolicy(config.policy()).equals(config)) {
            return guests.under(config.policy());
        }
        guests.close();
        return Guests.prepare(config);
    }
}
