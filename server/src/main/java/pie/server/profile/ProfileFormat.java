package pie.server.profile;

import java.util.Arrays;
import java.util.Optional;

/** Name what a profile can be written as. */
public enum ProfileFormat {
    /** A trace in Chrome's format, which Perfetto reads. */
    CHROME("chrome", ".json", "application/json; charset=utf-8"),
    /** A page with everything. */
    HTML("html", ".html", "text/html; charset=utf-8"),
    /** A picture of lanes and flame graph. */
    SVG("svg", ".svg", "image/svg+xml");

    private final String word;
    private final String suffix;
    private final String mediaType;

    ProfileFormat(String word, String suffix, String mediaType) {
        this.word = word;
        this.suffix = suffix;
        this.mediaType = mediaType;
    }

    public static Optional<ProfileFormat> named(String word) {
        return Arrays.stream(values()).filter(f -> f.word.equals(word)).findFirst();
    }

    /** Return what the name of a file ends in, in lower case. */
    public static Optional<ProfileFormat> ofFile(String name) {
        return Arrays.stream(values()).filter(f -> name.endsWith(f.suffix)).findFirst();
    }

    /** Return the word of the server's route. */
    public String word() {
        return word;
    }

    public String mediaType() {
        return mediaType;
    }
}
