package pie.engine.model;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.LegacyOverrides;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.filter.Filter;
import com.hubspot.jinjava.lib.fn.ELFunctionDefinition;
import java.lang.reflect.Method;
import java.time.LocalDateTime;
import org.jspecify.annotations.Nullable;

/** Set up Jinjava, once and only when a template is rendered: it loads hundreds of classes. */
final class JinjaEngine {
    private static final Lazy<Jinjava> INSTANCE = new Lazy<>(JinjaEngine::make);

    private JinjaEngine() {}

    static Jinjava instance() {
        return INSTANCE.get();
    }

    /** Carry the message of a template's {@code raise_exception}. */
    static final class Refusal extends RuntimeException {
        Refusal(String message) {
            super(message);
        }
    }

    private static Jinjava make() {
        Jinjava jinjava = new Jinjava(JinjavaConfig.newBuilder()
                .withTrimBlocks(true)
                .withLstripBlocks(true)
                .withLegacyOverrides(LegacyOverrides.newBuilder()
                        .withUsePyishObjectMapper(true)
                        .withKeepNullableLoopValues(true)
                        .withParseWhitespaceControlStrictly(true)
                        .withUseTrimmingForNotesAndExpressions(true)
                        .build())
                .build());
        jinjava.getGlobalContext().registerFilter(new ToJson());
        jinjava.getGlobalContext().registerFunction(function("raise_exception", "raise"));
        jinjava.getGlobalContext().registerFunction(function("strftime_now", "strftimeNow"));
        return jinjava;
    }

    private static ELFunctionDefinition function(String name, String method) {
        try {
            Method target = JinjaEngine.class.getDeclaredMethod(method, String.class);
            target.setAccessible(true);
            return new ELFunctionDefinition("", name, target);
        } catch (NoSuchMethodException e) {
            throw new AssertionError(e);
        }
    }

    static String raise(String message) {
        throw new Refusal(message);
    }

    static String strftimeNow(String format) {
        return Strftime.format(format, LocalDateTime.now());
    }

    private static final class ToJson implements Filter {
        @Override
        public String getName() {
            return "tojson";
        }

        @Override
        public Object filter(@Nullable Object value, JinjavaInterpreter interpreter, String... arguments) {
            return PythonJson.dumps(value);
        }
    }
}
