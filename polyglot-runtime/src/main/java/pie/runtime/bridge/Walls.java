package pie.runtime.bridge;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Engine;
import org.graalvm.polyglot.EnvironmentAccess;
import org.graalvm.polyglot.HostAccess;
import org.graalvm.polyglot.PolyglotAccess;
import org.graalvm.polyglot.io.IOAccess;

/** Confine guest contexts: no host classes, files, environment, threads, processes or native code; only what is handed in. */
public final class Walls {
    private static final HostAccess HANDED_IN = HostAccess.newBuilder(HostAccess.EXPLICIT)
            .allowArrayAccess(true)
            .allowListAccess(true)
            .allowBufferAccess(true)
            .build();

    private Walls() {}

    /** Make the engine that all contexts of a language share, code included. */
    public static Engine engine(String language) {
        return Engine.newBuilder(language)
                .allowExperimentalOptions(true)
                .option("engine.WarnInterpreterOnly", "false")
                .out(OutputStream.nullOutputStream())
                .err(OutputStream.nullOutputStream())
                .build();
    }

    public static Context.Builder context(Engine engine, String language, Map<String, String> options, IOAccess files) {
        return Context.newBuilder(language)
                .engine(engine)
                .allowExperimentalOptions(true)
                .options(options)
                .allowHostAccess(HANDED_IN)
                .allowHostClassLookup(name -> false)
                .allowHostClassLoading(false)
                .allowNativeAccess(false)
                .allowCreateThread(false)
                .allowCreateProcess(false)
                .allowEnvironmentAccess(EnvironmentAccess.NONE)
                .allowPolyglotAccess(PolyglotAccess.NONE)
                .allowInnerContextOptions(false)
                .allowValueSharing(false)
                .useSystemExit(false)
                .allowIO(files)
                .in(InputStream.nullInputStream());
    }
}
