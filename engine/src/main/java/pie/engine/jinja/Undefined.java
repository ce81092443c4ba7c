package pie.engine.jinja;

/**
 * The value of a name or member that is not there: it prints as nothing, is false and empty, and anything else done with it fails.
 *
 * @param problem what the failure says
 */
record Undefined(String problem) {
    static Undefined name(String name) {
        return new Undefined("'" + name + "' is undefined");
    }

    JinjaException error() {
        return new JinjaException(problem);
    }
}
