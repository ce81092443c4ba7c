package pie.server.profile;

/** Name what the time of a process can be part of. Each moment is part of one. */
enum Part {
    /** The program's own code. */
    GUEST("guest"),
    /** Calls into the API that do something at once, such as making tokens of text. */
    CALLS("host calls"),
    /** The program waits, and the device computes rows of it. */
    FORWARD("forward"),
    /** The program waits for anything else. */
    WAITS("waits"),
    /** The record has lost its middle. */
    LOST("not kept");

    private final String word;

    Part(String word) {
        this.word = word;
    }

    String word() {
        return word;
    }

    /** Return the word as a key of JSON. */
    String key() {
        return word.replace(' ', '_');
    }
}
