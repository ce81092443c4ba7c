package pie.engine.model;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.LegacyOverrides;
import com.hubspot.jinjava.el.JinjavaInterpreterResolver;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.exptest.ExpTest;
import com.hubspot.jinjava.lib.filter.Filter;
import com.hubspot.jinjava.lib.fn.ELFunctionDefinition;
import java.lang.reflect.Method;
import java.time.LocalDateTime;
import java.util.Map;
import jinjava.javax.el.CompositeELResolver;
import jinjava.javax.el.ELResolver;
import org.jspecify.annotations.Nullable;
import pie.engine.PieException;

/** Set up Jinjava, once and only when a template is rendered: it loads hundreds of classes. */
final class JinjaEngine {
    private static final Lazy<Jinjava> INSTANCE = new Lazy<>(JinjaEngine::make);

    private JinjaEngine() {}

    static Jinjava instance() {
        return INSTANCE.get();
    }

    private static Jinjava make() {
        Jinjava jinjava = new Jinjava(JinjavaConfig.newBuilder()
                .withTrimBlocks(true)
                .withLstripBlocks(true)
                // Else messages that contain braces would be run as templates themselves.
                .withNestedInterpretationEnabled(false)
                .withElResolver(resolver())
                .withLegacyOverrides(LegacyOverrides.newBuilder()
                        .withUsePyishObjectMapper(true)
                        .withKeepNullableLoopValues(true)
                        .withParseWhitespaceControlStrictly(true)
                        .withUseTrimmingForNotesAndExpressions(true)
                        .build())
                .build());
        jinjava.getGlobalContext().registerFilter(new ToJson());
        jinjava.getGlobalContext().registerExpTest(new IsIterable());
        jinjava.getGlobalContext().registerFunction(function("raise_exception", "raise"));
        jinjava.getGlobalContext().registerFunction(function("strftime_now", "strftimeNow"));
        return jinjava;
    }

    private static ELResolver resolver() {
        CompositeELResolver resolver = new CompositeELResolver();
        resolver.add(new PythonStrings());
        resolver.add(JinjavaInterpreterResolver.DEFAULT_RESOLVER_READ_ONLY);
        return resolver;
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
        throw PieException.invalid("the chat template refuses this conversation: " + message);
    }

    static String strftimeNow(String format) {
        return Strftime.format(format, LocalDateTime.now());
    }

    /** Strings are iterable in Python. */
    private static final class IsIterable implements ExpTest {
        @Override
        public String getName() {
            return "iterable";
        }

        @Override
        public boolean evaluate(@Nullable Object value, JinjavaInterpreter interpreter, Object... arguments) {
            return value instanceof Iterable
                    || value instanceof Map
                    || value instanceof CharSequence
                    || value instanceof Object[];
        }
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
