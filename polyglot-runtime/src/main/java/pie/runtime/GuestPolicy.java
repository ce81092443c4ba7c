package pie.runtime;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.runtime.mcp.McpServer;

/**
 * Say what the operator lets programs do at most.
 *
 * @param caps what may be asked for
 * @param privateHosts hosts that may be asked although their addresses are private, in the form of {@link NetworkRule}
 * @param scratch quota of each process
 * @param data quota of each user and program
 * @param dataFolder where {@code /data} is kept, empty for a server without
 * @param mcp MCP servers that all programs may call, by name
 */
public record GuestPolicy(
        Permissions caps,
        NetworkRule privateHosts,
        FileQuota scratch,
        FileQuota data,
        Optional<Path> dataFolder,
        Map<String, McpServer> mcp) {
    /**
     * Bound the files of a root.
     *
     * @param bytes of content
     * @param files and folders
     */
    public record FileQuota(long bytes, int files) {}

    public static final GuestPolicy DEFAULT = new GuestPolicy(
            Permissions.DEFAULT,
            NetworkRule.NONE,
            new FileQuota(256L << 20, 10_000),
            new FileQuota(1L << 30, 100_000),
            Optional.empty(),
            Map.of());

    public GuestPolicy withCaps(Permissions most) {
        return new GuestPolicy(most, privateHosts, scratch, data, dataFolder, mcp);
    }

    public GuestPolicy withPrivateHosts(List<String> hosts) {
        return new GuestPolicy(caps, NetworkRule.of(hosts), scratch, data, dataFolder, mcp);
    }

    public GuestPolicy withQuotas(FileQuota ofScratch, FileQuota ofData) {
        return new GuestPolicy(caps, privateHosts, ofScratch, ofData, dataFolder, mcp);
    }

    public GuestPolicy withDataFolder(Path folder) {
        return new GuestPolicy(caps, privateHosts, scratch, data, Optional.of(folder), mcp);
    }

    public GuestPolicy withMcp(Map<String, McpServer> servers) {
        return new GuestPolicy(caps, privateHosts, scratch, data, dataFolder, Map.copyOf(servers));
    }

    /** @throws PieException PERMISSION_DENIED if more is asked for than may be */
    public void check(Permissions asked) {
        refuse(
                "network",
                !asked.network().equals(NetworkRule.NONE) && caps.network().equals(NetworkRule.NONE));
        refuse("files", asked.files() && !caps.files());
        refuse("publish", asked.publish() && !caps.publish());
    }

    private static void refuse(String what, boolean beyond) {
        if (beyond) {
            throw new PieException(
                    ErrorCode.PERMISSION_DENIED,
                    "permissions." + what + ": this server does not allow it; the operator can, in [guests]");
        }
    }
}
