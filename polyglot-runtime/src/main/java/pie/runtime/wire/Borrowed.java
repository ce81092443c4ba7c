package pie.runtime.wire;

/**
 * Stand for an object of the host in a worker; the program can only hand it back.
 *
 * @param number of the object in {@link Lent}
 */
record Borrowed(int number) {
    /** Each is one of its own: one that was sent twice is given up twice. */
    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
