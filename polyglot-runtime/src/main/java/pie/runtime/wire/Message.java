package pie.runtime.wire;

import pie.runtime.replay.Datum;

/**
 * Say one thing to the other side.
 *
 * @param name of what is to be done, "" where the kind says all
 * @param value arguments as {@link Datum.Items}, or a result
 */
public record Message(Kind kind, String name, Datum value) {
    public enum Kind {
        /** Worker: it is ready to run a program. */
        READY,
        /** Server: run, open, invoke or complete; answered by ENDED. */
        BEGIN,
        /** Worker: what BEGIN came to, a {@link Datum.Failure} if it failed. */
        ENDED,
        /** Worker: a host call; answered by ANSWER or THROWN. Its arguments are preceded by the numbers of handles given up. */
        CALL,
        /** Worker: as CALL, of what the program did not call for itself: it goes into no recording. */
        ASIDE,
        /** Worker: a host call that was done there, its arguments followed by the answer: it goes into the recording only. */
        NOTE,
        /** Server: a call of a method of the program, inside a CALL; answered by ANSWER or THROWN. */
        CALLBACK,
        /** Either: what a call came to, a {@link Datum.Failure} if it failed. */
        ANSWER,
        /** Either: a callback threw the exception of this number, which is the program's and stays in the worker. */
        THROWN,
        /** Server, at any time: the process is being ended. */
        INTERRUPT
    }

    public static Message of(Kind kind) {
        return new Message(kind, "", Datum.ABSENT);
    }

    public static Message of(Kind kind, Datum value) {
        return new Message(kind, "", value);
    }
}
