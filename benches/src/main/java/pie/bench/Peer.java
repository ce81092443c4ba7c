package pie.bench;

import java.util.Optional;

/**
 * Stand for one engine that is measured.
 *
 * @param fresh asks it to compute every prompt, as far as a request can say so
 * @param reusing lets it take what it has computed before
 * @param pie the server, where it is pie's
 */
record Peer(String name, Asker fresh, Asker reusing, Optional<PieOptions.Server> pie) {
    static Peer of(Asker fresh, Asker reusing) {
        return new Peer(fresh.name(), fresh, reusing, Optional.empty());
    }

    Asker asker(boolean reuse) {
        return reuse ? reusing : fresh;
    }
}
