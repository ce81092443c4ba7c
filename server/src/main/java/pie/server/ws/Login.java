package pie.server.ws;

import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import pie.engine.process.OwnerId;

/** Know whether a session may ask, and in whose name. Used by the connection's reader; the token check may wait on another thread. */
final class Login {
    private static final int FAILURES_MAX = 10;

    private final Backend backend;
    private final boolean needed;
    private volatile Optional<OwnerId> owner;
    private int failures;

    /** @param admitted who the upgrade itself stands for; empty where authentication is needed and was not given there */
    Login(Backend backend, boolean needed, Optional<OwnerId> admitted) {
        this.backend = backend;
        this.needed = needed;
        this.owner = admitted;
    }

    Optional<OwnerId> owner() {
        return owner;
    }

    /** Answer an identify. @throws Fields.Refused with the answer */
    String identify(String name) {
        if (!needed || owner.isPresent()) {
            OwnerId user = Identity.user(name).orElseThrow(() -> new Fields.Refused("Invalid username"));
            owner = needed ? owner : Optional.of(user);
            return "Authenticated (Engine disabled authentication)";
        }
        throw failure("User '" + name + "' is not authorized");
    }

    String prove() {
        if (owner.isPresent()) {
            throw new Fields.Refused("Already authenticated");
        }
        throw failure("No pending authentication");
    }

    /** Answer a token; takes a while where it is wrong. @throws Fields.Refused with the answer */
    String token(String token) throws InterruptedException {
        if (!needed) {
            return "Authenticated";
        }
        if (owner.isPresent()) {
            return "Already authenticated";
        }
        if (backend.tokenFits(token)) {
            owner = Optional.of(OwnerId.LOCAL);
            return "Authenticated";
        }
        Thread.sleep(ThreadLocalRandom.current().nextLong(1000, 3000));
        throw failure("Invalid token");
    }

    private synchronized Fields.Refused failure(String text) {
        failures++;
        return new Fields.Refused(text);
    }

    synchronized boolean locked() {
        return failures >= FAILURES_MAX;
    }
}
