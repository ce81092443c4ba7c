/**
 * Draw on a terminal: a grid of cells, what is drawn into it, and the difference between two grids as escape sequences.
 *
 * <p>Everything that draws knows only the grid and names inks by what they mean. Colours and characters that a terminal has not are
 * settled where the grid is written out.
 */
@org.jspecify.annotations.NullMarked
package pie.cli.tui;
