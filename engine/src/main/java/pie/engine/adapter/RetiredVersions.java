package pie.engine.adapter;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Know the versions of adapters that no name stands for any more, by owner, as long as rows, generations or programs hold them. They are
 * in memory until then, so they count. Not safe for use from several threads.
 */
final class RetiredVersions {
    private record Version(WeakReference<Adapter> adapter, long bytes) {}

    private final Map<String, List<Version>> owners = new HashMap<>();
    private final Runnable collect;

    /** @param collect has the virtual machine find what nobody holds any more, if it may now */
    RetiredVersions(Runnable collect) {
        this.collect = collect;
    }

    void add(String owner, Adapter adapter, long bytes) {
        owners.computeIfAbsent(owner, o -> new ArrayList<>()).add(new Version(new WeakReference<>(adapter), bytes));
    }

    /** Return the bytes of an owner's versions that somebody may hold. */
    long bytes(String owner) {
        List<Version> versions = owners.get(owner);
        if (versions == null) {
            return 0;
        }
        versions.removeIf(version -> version.adapter.refersTo(null));
        if (versions.isEmpty()) {
            owners.remove(owner);
        }
        return versions.stream().mapToLong(Version::bytes).sum();
    }

    /** Return the bytes of those that somebody does hold, as far as can be found out now. */
    long heldBytes(String owner) {
        if (bytes(owner) > 0) {
            collect.run();
        }
        return bytes(owner);
    }
}
