package pie.inferlet;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tell a program about itself and the engine: module {@code runtime}. */
public final class PieRuntime {
    private PieRuntime() {}

    /** Return the engine's version. */
    public static String version() {
        String version = PieRuntime.class.getPackage().getImplementationVersion();
        return version == null ? "0.1.0" : version;
    }

    /** Return the id of this process, a UUID. */
    public static String instanceId() {
        return Host.current().id().toString();
    }

    /** Return the launching user. */
    public static String username() {
        return Host.current().owner().value();
    }

    /** Return the names of the loaded models, the default first. */
    public static List<String> models() {
        return Host.current().engines().stream().map(e -> e.model().name()).toList();
    }

    /** Return the program's own identity, {@code name@x.y.z}. */
    public static String program() {
        return Host.current().program();
    }

    /** Return the counters of this process. */
    public static Stats stats() {
        return Host.current().stats();
    }

    /**
     * Start a child process; returns at once.
     *
     * @param program {@code name@x.y.z}
     * @param input text as it is, anything else as JSON
     * @throws pie.engine.PieException INVALID_ARGUMENT for the form of the name, PERMISSION_DENIED, BUDGET_EXHAUSTED
     */
    public static Child launch(String program, @Nullable Object input) {
        return launch(program, input, LaunchOptions.of());
    }

    /** Start a child process within limits; returns at once. */
    public static Child launch(String program, @Nullable Object input, LaunchOptions options) {
        Host host = Host.current();
        host.checkLive();
        String text = input instanceof CharSequence given ? given.toString() : Json.text(input);
        return new Child(host, host.launcher().launch(program, text, options.tokenBudget()));
    }
}
