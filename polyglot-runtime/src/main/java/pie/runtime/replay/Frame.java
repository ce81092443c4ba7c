package pie.runtime.replay;

/**
 * Hold one host call of a recorded run.
 *
 * @param call name of the host function
 * @param digest of its arguments
 * @param event id of the newest event of the process when the call was made
 * @param nanos since the program was started
 */
public record Frame(String call, int digest, long event, long nanos, Datum answer) {}
