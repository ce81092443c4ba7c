package pie.runtime;

import java.util.Map;

/** Hold one behaviour as a program in each language; all must print and return the same. */
record Case(String name, Map<Language, String> programs) {
    static Case of(String name, String python, String javascript) {
        return new Case(name, Map.of(Language.PYTHON, python, Language.JAVASCRIPT, javascript));
    }

    @Override
    public String toString() {
        return name;
    }
}
