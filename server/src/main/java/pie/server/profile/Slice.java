package pie.server.profile;

/** Tell what the process was at for a while; nanoseconds. */
record Slice(Part part, String name, long begin, long end) {
    long nanos() {
        return end - begin;
    }
}
