package pie.server.ws;

import java.util.Optional;
import java.util.regex.Pattern;
import pie.engine.process.OwnerId;

/** Read who a client says it is. */
public final class Identity {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@-]{0,63}");
    private static final OwnerId ANONYMOUS = new OwnerId("anonymous");

    private Identity() {}

    /** Read the value of {@code x-pie-identity}: {@code user} or {@code tenant/user}; empty if it names nobody. */
    public static Optional<OwnerId> of(String header) {
        if (header.isBlank()) {
            return Optional.of(ANONYMOUS);
        }
        String whole = header.strip();
        int slash = whole.indexOf('/');
        String tenant = slash < 0 ? "default" : whole.substring(0, slash);
        Optional<OwnerId> user = user(whole.substring(slash + 1));
        return tenant.equals("default") || !NAME.matcher(tenant).matches()
                ? user
                : user.map(u -> new OwnerId(tenant + "/" + u.value()));
    }

    static Optional<OwnerId> user(String name) {
        return NAME.matcher(name).matches() ? Optional.of(new OwnerId(name)) : Optional.empty();
    }
}
