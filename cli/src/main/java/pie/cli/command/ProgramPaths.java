package pie.cli.command;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import pie.engine.PieException;

/** Write the paths of the API's routes for stored programs. */
final class ProgramPaths {
    private ProgramPaths() {}

    /** @throws PieException INVALID_ARGUMENT for what does not read {@code NAME@VERSION} */
    static String exact(String id) {
        int at = id.indexOf('@');
        if (at < 1 || at == id.length() - 1) {
            throw PieException.invalid("name a version too: " + id + "@1.0.0; pie program list shows those there are");
        }
        return version(id.substring(0, at), id.substring(at + 1));
    }

    static String version(String name, String version) {
        return versions(name) + "/" + escape(version);
    }

    static String versions(String name) {
        return "/v1/programs/" + escape(name);
    }

    static String list(String text) {
        return "/v1/programs?limit=1000" + (text.isEmpty() ? "" : "&q=" + escape(text));
    }

    static String escape(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
