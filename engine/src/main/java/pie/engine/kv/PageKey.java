package pie.engine.kv;

/** Name the content of a page: a keyed digest of all that it depends on. */
public record PageKey(long high, long low) {
    /** Return 32 hexadecimal digits. */
    public String hex() {
        return String.format("%016x%016x", high, low);
    }
}
