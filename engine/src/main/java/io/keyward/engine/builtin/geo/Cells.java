package io.keyward.engine.builtin.geo;

import java.util.Arrays;

/**
 * The cells of the geohash grid that together cover a shape: the one that holds the centre, and
 * those of its eight neighbours that the shape may reach into.
 *
 * <p>The step of the grid is chosen so that a cell is about as large as the shape; members of a
 * cell have scores in one range.
 */
final class Cells {
  /** Half of the equator's length in the projection that the steps are derived from, in metres. */
  private static final double MERCATOR_HALF = 20037726.37;

  /** Columns and rows to go from the centre, cell by cell. */
  private static final int[][] AROUND = {
    {0, 0}, {0, 1}, {0, -1}, {1, 0}, {-1, 0}, {1, 1}, {-1, 1}, {1, -1}, {-1, -1}
  };

  private final double south;
  private final double north;
  private final double west;
  private final double east;
  private int steps;
  private long column;
  private long row;

  private Cells(Place centre, Shape shape) {
    double height = Math.toDegrees(shape.halfHeight() / Place.EARTH_RADIUS);
    south = centre.latitude() - height;
    north = centre.latitude() + height;
    // Meridians are closest to each other at the edge that is nearer to a pole.
    double narrow = Math.toRadians(centre.latitude() < 0 ? south : north);
    double width = Math.toDegrees(shape.halfWidth() / Place.EARTH_RADIUS / Math.cos(narrow));
    west = centre.longitude() - width;
    east = centre.longitude() + width;
    grid(centre, steps(shape.reach(), centre.latitude()));
    if (steps > 1 && !neighboursCover()) {
      grid(centre, steps - 1);
    }
  }

  private void grid(Place centre, int wanted) {
    steps = wanted;
    column = GeoHash.index(centre.longitude(), GeoHash.MOST_LONGITUDE, wanted);
    row = GeoHash.index(centre.latitude(), GeoHash.MOST_LATITUDE, wanted);
  }

  private static int steps(double reach, double latitude) {
    if (reach == 0) {
      return GeoHash.STEPS;
    }
    int steps = -1;
    for (double metres = reach; metres < MERCATOR_HALF; metres *= 2) {
      steps++;
    }
    // Towards the poles cells get narrower.
    steps -= Math.abs(latitude) > 80 ? 2 : Math.abs(latitude) > 66 ? 1 : 0;
    return Math.clamp(steps, 1, GeoHash.STEPS);
  }

  private long moved(long index, int by) {
    return by == 0 ? index : (index + by) & ((1L << steps) - 1);
  }

  private double longitude(long index) {
    return GeoHash.bound(index, GeoHash.MOST_LONGITUDE, steps);
  }

  private double latitude(long index) {
    return GeoHash.bound(index, GeoHash.MOST_LATITUDE, steps);
  }

  private boolean neighboursCover() {
    return latitude(moved(row, 1) + 1) >= north
        && latitude(moved(row, -1)) <= south
        && longitude(moved(column, 1) + 1) >= east
        && longitude(moved(column, -1)) <= west;
  }

  /** Whether a neighbour lies where the centre's own cell already ends behind the shape. */
  private boolean useless(int columns, int rows) {
    return steps >= 2
        && ((rows < 0 && latitude(row) < south)
            || (rows > 0 && latitude(row + 1) > north)
            || (columns < 0 && longitude(column) < west)
            || (columns > 0 && longitude(column + 1) > east));
  }

  /** The ranges of scores: the first of each and the one behind its last, by turns. */
  private long[] ranges() {
    long[] ranges = new long[2 * AROUND.length];
    int used = 0;
    int shift = 2 * (GeoHash.STEPS - steps);
    for (int[] move : AROUND) {
      long cell = GeoHash.interleave(moved(column, move[0]), moved(row, move[1]));
      boolean known = useless(move[0], move[1]);
      for (int i = 0; i < used && !known; i += 2) {
        // In a coarse grid a cell may be the neighbour on both sides.
        known = ranges[i] == cell << shift;
      }
      if (!known) {
        ranges[used++] = cell << shift;
        ranges[used++] = (cell + 1) << shift;
      }
    }
    return Arrays.copyOf(ranges, used);
  }

  /** The ranges of scores that cover a shape: first and one behind last, by turns. */
  static long[] covering(Place centre, Shape shape) {
    return new Cells(centre, shape).ranges();
  }
}
