/**
 * Jinja, the template language in which models bring the form of their conversations, as Hugging Face's transformers sets it up: blocks
 * trimmed, loop controls, no HTML escaping, and a sandbox in which a template changes nothing that it was given.
 *
 * <p>Source: Jinja 3.1, Template Designer Documentation.
 */
@NullMarked
package pie.engine.jinja;

import org.jspecify.annotations.NullMarked;
