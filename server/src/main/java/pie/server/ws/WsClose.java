package pie.server.ws;

/** End a connection for a reason of the protocol (RFC 6455, 7.4.1). */
final class WsClose extends RuntimeException {
    static final int NORMAL = 1000;
    static final int GOING_AWAY = 1001;
    static final int PROTOCOL_ERROR = 1002;
    static final int BAD_DATA = 1007;
    static final int POLICY = 1008;
    static final int TOO_BIG = 1009;
    static final int TRY_AGAIN = 1013;

    private final int code;

    WsClose(int code, String reason) {
        super(reason, null, false, false);
        this.code = code;
    }

    int code() {
        return code;
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
