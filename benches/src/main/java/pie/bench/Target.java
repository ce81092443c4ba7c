package pie.bench;

import java.io.IOException;

/** Stand for one running engine. */
interface Target {
    String name();

    /** Generate; blocks until the answer is complete. */
    Sample generate(Prompt prompt) throws IOException, InterruptedException;
}
