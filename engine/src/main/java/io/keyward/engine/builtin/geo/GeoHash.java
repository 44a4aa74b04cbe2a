package io.keyward.engine.builtin.geo;

import java.nio.charset.StandardCharsets;

/**
 * Geohashes: the bits of a longitude and a latitude by turns, so that places with a common prefix
 * lie in a common rectangle.
 *
 * <p>With {@code step} bits of each, the longitude's first, the hash names one of 4^step cells.
 * Latitudes end at 85.05112878° (Web Mercator, EPSG:3857), but in the text form of GEOHASH at 90°.
 */
final class GeoHash {
  static final double MOST_LONGITUDE = 180;
  static final double MOST_LATITUDE = 85.05112878;

  /** The bits of each coordinate in a score. */
  static final int STEPS = 26;

  private static final long LATITUDE_BITS = 0x5555555555555555L;
  private static final long LONGITUDE_BITS = 0xAAAAAAAAAAAAAAAAL;

  private static final double TEXT_LATITUDE = 90;
  private static final String ALPHABET = "0123456789bcdefghjkmnpqrstuvwxyz";
  private static final int TEXT_LENGTH = 11;

  private GeoHash() {}

  /** The number of the column or row that a coordinate between -most and most lies in. */
  static long index(double coordinate, double most, int steps) {
    return (long) ((coordinate + most) / (2 * most) * (1L << steps));
  }

  /** The lower bound of a column or row. */
  static double bound(long index, double most, int steps) {
    return -most + index * 1.0 / (1L << steps) * (2 * most);
  }

  static long interleave(long column, long row) {
    return Long.expand(column, LONGITUDE_BITS) | Long.expand(row, LATITUDE_BITS);
  }

  static long encode(double longitude, double latitude) {
    return interleave(
        index(longitude, MOST_LONGITUDE, STEPS), index(latitude, MOST_LATITUDE, STEPS));
  }

  /** The longitude of the middle of a cell. */
  static double longitude(long hash) {
    return middle(Long.compress(hash, LONGITUDE_BITS), MOST_LONGITUDE);
  }

  /** The latitude of the middle of a cell. */
  static double latitude(long hash) {
    return middle(Long.compress(hash, LATITUDE_BITS), MOST_LATITUDE);
  }

  private static double middle(long index, double most) {
    double middle = (bound(index, most, STEPS) + bound(index + 1, most, STEPS)) / 2;
    return Math.clamp(middle, -most, most);
  }

  /** The standard text of a place: ten characters of five bits each, and a zero. */
  static byte[] text(double longitude, double latitude) {
    long hash =
        interleave(index(longitude, MOST_LONGITUDE, STEPS), index(latitude, TEXT_LATITUDE, STEPS));
    StringBuilder text = new StringBuilder(TEXT_LENGTH);
    for (int shift = 2 * STEPS - 5; shift > 0; shift -= 5) {
      text.append(ALPHABET.charAt((int) (hash >>> shift) & 31));
    }
    return text.append('0').toString().getBytes(StandardCharsets.ISO_8859_1);
  }
}
