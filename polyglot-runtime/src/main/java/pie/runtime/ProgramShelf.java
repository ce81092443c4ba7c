package pie.runtime;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import pie.engine.process.OwnerId;

/** Remember what users have launched as bare files, each by its last text, so that their programs can launch it by name. */
final class ProgramShelf {
    private static final int MOST = 1024;
    private static final long MOST_CHARACTERS = 64L << 20;

    private record Key(OwnerId owner, String identity) {}

    private final Map<Key, ProgramSource> sources = new LinkedHashMap<>(16, 0.75f, true);
    private long characters;

    synchronized void put(OwnerId owner, ProgramSource source) {
        var key = new Key(owner, source.identity());
        ProgramSource before = sources.put(key, source);
        characters += size(source) - (before == null ? 0 : size(before));
        Iterator<ProgramSource> eldest = sources.values().iterator();
        while (sources.size() > MOST || characters > MOST_CHARACTERS && sources.size() > 1) {
            characters -= size(eldest.next());
            eldest.remove();
        }
    }

    synchronized Optional<ProgramSource> find(OwnerId owner, String identity) {
        return Optional.ofNullable(sources.get(new Key(owner, identity)));
    }

    private static long size(ProgramSource source) {
        return source.code().length()
                + source.files().values().stream().mapToLong(String::length).sum();
    }
}
