package pie.cli.doctor;

import java.util.List;

/** Look at one thing; slow checks say what they do by being slow, none of them throws for something missing. */
@FunctionalInterface
public interface Check {
    List<Finding> look() throws InterruptedException;
}
