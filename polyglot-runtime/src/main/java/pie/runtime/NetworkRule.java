package pie.runtime;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import pie.engine.PieException;

/**
 * Say which hosts may be asked.
 *
 * @param any whether all of them
 * @param hosts {@code host}, {@code host:port} or {@code *.domain}, in lower case
 */
public record NetworkRule(boolean any, List<String> hosts) {
    public static final NetworkRule NONE = new NetworkRule(false, List.of());
    public static final NetworkRule ANY = new NetworkRule(true, List.of());

    private static final Pattern FORM = Pattern.compile(
            "(\\*\\.)?[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?(:[0-9]{1,5})?|\\[[0-9A-Fa-f:.]+\\](:[0-9]{1,5})?");

    /** @throws PieException INVALID_ARGUMENT for an entry of another form */
    public static NetworkRule of(List<String> hosts) {
        for (String host : hosts) {
            if (!FORM.matcher(host).matches()) {
                throw PieException.invalid("network: '" + host + "' must read host, host:port or *.domain");
            }
        }
        return new NetworkRule(
                false, hosts.stream().map(h -> h.toLowerCase(Locale.ROOT)).toList());
    }

    /** Say whether a host may be asked at a port. */
    public boolean allows(String host, int port) {
        String name = host.toLowerCase(Locale.ROOT);
        return any || hosts.stream().anyMatch(entry -> matches(entry, name, port));
    }

    /** Say whether a host may be asked at some port. */
    public boolean names(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        return any || hosts.stream().anyMatch(entry -> named(entry).equals(name) || covers(named(entry), name));
    }

    private static String named(String entry) {
        int colon = entry.startsWith("[") ? entry.indexOf("]:") + 1 : entry.indexOf(':');
        return colon > 0 ? entry.substring(0, colon) : entry;
    }

    private static boolean covers(String name, String host) {
        return name.startsWith("*.") && host.endsWith(name.substring(1));
    }

    private static boolean matches(String entry, String host, int port) {
        int colon = entry.startsWith("[") ? entry.indexOf("]:") + 1 : entry.indexOf(':');
        if (colon > 0 && Integer.parseInt(entry.substring(colon + 1)) != port) {
            return false;
        }
        String name = named(entry);
        return covers(name, host) || name.equals(host);
    }
}
