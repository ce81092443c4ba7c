package pie.cli.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;
import pie.engine.PieException;
import pie.runtime.NetworkRule;
import pie.runtime.Permissions;

/** Take the option that says what a program may do beyond computing. */
final class AskOptions {
    @Option(
            names = "--allow",
            paramLabel = "WHAT",
            description =
                    "What programs may use: network, or network=HOST,HOST:PORT,*.DOMAIN, and files, publish; joined by commas.")
    private List<String> allowed = new ArrayList<>();

    /** Return what {@code --allow} names, beside what programs have anyway. */
    Permissions permissions() {
        Permissions asked = Permissions.DEFAULT;
        var hosts = new ArrayList<String>();
        boolean any = false;
        for (String word : String.join(",", allowed).split(",")) {
            switch (word) {
                case "" -> {}
                case "network" -> any = true;
                case "files" -> asked = asked.withFiles(true);
                case "publish" -> asked = asked.withPublish(true);
                case "launch" -> asked = asked.withLaunch(true);
                default -> {
                    if (!word.startsWith("network=") && hosts.isEmpty()) {
                        throw PieException.invalid(
                                "--allow takes network, network=HOST, files and publish, not '" + word + "'");
                    }
                    hosts.add(word.startsWith("network=") ? word.substring("network=".length()) : word);
                }
            }
        }
        return any
                ? asked.withNetwork(NetworkRule.ANY)
                : hosts.isEmpty() ? asked : asked.withNetwork(NetworkRule.of(hosts));
    }

    /** Return the part of a launch's body, empty without the option. */
    Optional<Map<String, Object>> body() {
        if (allowed.isEmpty()) {
            return Optional.empty();
        }
        Permissions asked = permissions();
        var body = new LinkedHashMap<String, Object>();
        if (!asked.network().equals(NetworkRule.NONE)) {
            body.put("network", asked.network().any() ? true : asked.network().hosts());
        }
        body.put("files", asked.files());
        body.put("publish", asked.publish());
        return Optional.of(body);
    }
}
