package pie.engine.grammar.expr;

/** State what white space between the tokens of a JSON text may be. */
public final class Spaces {
    /** Most white space in a row at one place; a model could go on for ever otherwise. */
    public static final int LONGEST = 64;

    /** Any run of white space; the limit is {@link Rules#limitSpaces}'s. */
    public static final Expr ANY = Expr.star(Expr.anyOf(" \t\r\n"));

    private Spaces() {}
}
