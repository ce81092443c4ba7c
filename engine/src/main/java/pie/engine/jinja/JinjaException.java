package pie.engine.jinja;

/** A template that is no Jinja, or that failed for what it was given. */
public final class JinjaException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String problem;
    private final int line;

    JinjaException(String problem) {
        this(problem, 0);
    }

    /** @param line counted from 1, 0 if it is not known */
    JinjaException(String problem, int line) {
        super(line > 0 ? "line " + line + ": " + problem : problem);
        this.problem = problem;
        this.line = line;
    }

    /** Return the same problem with its line, unless it has one. */
    JinjaException at(int where) {
        return line > 0 ? this : new JinjaException(problem, where);
    }
}
