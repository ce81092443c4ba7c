package pie.runtime.java.gate;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Take the place of the library method of the same name and parameters; of an instance method the receiver comes first. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Replaces {
    Class<?> value();

    /** Return the name, if it is not that of the annotated method. */
    String name() default "";

    /** Say whether the library method is static. */
    boolean statically() default false;
}
