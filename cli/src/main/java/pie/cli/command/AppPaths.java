package pie.cli.command;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** Write the paths of the API's routes for apps. */
final class AppPaths {
    private AppPaths() {}

    static String one(String name) {
        return "/v1/apps/" + URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
