package pie.cli.models;

/** Hear how a pull goes on. Calls come from the thread that pulls, many a second. */
public interface ProgressListener {
    /** Say what is being done in a few words, e.g. {@code "checking"}. */
    void phase(String what);

    /**
     * Say how far a download is.
     *
     * @param total bytes in all, -1 if the server does not tell
     */
    void progress(String file, long done, long total);

    ProgressListener SILENT = new ProgressListener() {
        @Override
        public void phase(String what) {}

        @Override
        public void progress(String file, long done, long total) {}
    };
}
