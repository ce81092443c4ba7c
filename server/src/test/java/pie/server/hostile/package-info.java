/** Programs that mean harm, or do it by mistake, against the real server on the real model, and launches without end. */
@NullMarked
package pie.server.hostile;

import org.jspecify.annotations.NullMarked;
