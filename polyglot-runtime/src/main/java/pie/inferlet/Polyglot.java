package pie.inferlet;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/** Load files of the program that are written in other languages. */
public final class Polyglot {
    private Polyglot() {}

    /**
     * Load a file of the program, once; its language follows from its name.
     *
     * @param file path below the program's folder, such as {@code score.js}
     * @throws PieException NOT_FOUND for a file that the program has not, INVALID_ARGUMENT for a name that tells no language,
     *     UNSUPPORTED for a language that is not offered, SOURCE_ERROR with {@code file line column}; what its top-level code throws
     */
    public static Module load(String file) {
        return new Module(file, Host.current().load(file));
    }

    /** Call the functions of a file in another language; each call runs to its end. */
    public static final class Module {
        private final String file;
        private final Host.Foreign foreign;

        private Module(String file, Host.Foreign foreign) {
            this.file = file;
            this.foreign = foreign;
        }

        /** Return the names of its functions. */
        public List<String> functions() {
            return foreign.functions();
        }

        /**
         * Call a function. Contexts, models, samplers and other objects of this interface go by reference, records, maps, lists,
         * texts and numbers by value.
         *
         * @return {@code Map List String Number Boolean null}, or an object of this interface
         * @throws PieException NOT_FOUND for a function that it has not; what the function threw: GUEST_ERROR for an exception that
         *     is none of ours
         */
        public @Nullable Object call(String function, @Nullable Object... arguments) {
            return Passing.lift(foreign.call(function, Passing.lower(Arrays.asList(arguments))));
        }

        /**
         * Call a function and take what it returns as a type: a record filled by component names, an array, a number, a text.
         *
         * @throws PieException as {@link #call(String, Object...)}; INVALID_ARGUMENT if the result does not fit the type
         */
        @SuppressWarnings("unchecked") // what conversion returns fits the type, primitives come boxed
        public <T> @Nullable T call(Class<T> type, String function, @Nullable Object... arguments) {
            String what = file + ": " + function + "()";
            try {
                return (T) JsonBinding.convert(call(function, arguments), type, type, what);
            } catch (PieException | Error e) {
                throw e;
            } catch (Throwable thrown) {
                throw new PieException(ErrorCode.GUEST_ERROR, what + ": " + thrown, Map.of(), thrown);
            }
        }
    }
}
