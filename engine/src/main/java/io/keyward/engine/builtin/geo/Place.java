package io.keyward.engine.builtin.geo;

import io.keyward.engine.CommandException;
import io.keyward.engine.Request;
import java.math.BigDecimal;
import java.math.RoundingMode;

/** A point on earth, in degrees. */
record Place(double longitude, double latitude) {
  /** The quadratic mean radius, in metres. */
  static final double EARTH_RADIUS = 6372797.560856;

  /** The place that two arguments give. */
  static Place of(Request request, int longitudeArgument) {
    double longitude = request.number(longitudeArgument);
    double latitude = request.number(longitudeArgument + 1);
    if (Math.abs(longitude) > GeoHash.MOST_LONGITUDE
        || Math.abs(latitude) > GeoHash.MOST_LATITUDE) {
      throw CommandException.error(
          "invalid longitude,latitude pair " + plain(longitude) + "," + plain(latitude));
    }
    return new Place(longitude, latitude);
  }

  /** The number with six decimals and all its digits before them, as C's printf writes it. */
  private static String plain(double coordinate) {
    if (Double.isInfinite(coordinate)) {
      return coordinate > 0 ? "inf" : "-inf";
    }
    BigDecimal size = new BigDecimal(Math.abs(coordinate)).setScale(6, RoundingMode.HALF_EVEN);
    return (Math.copySign(1, coordinate) < 0 ? "-" : "") + size.toPlainString();
  }

  /** The place that a score stands for. */
  static Place of(double score) {
    long hash = (long) score;
    return new Place(GeoHash.longitude(hash), GeoHash.latitude(hash));
  }

  double score() {
    return GeoHash.encode(longitude, latitude);
  }

  /** Metres between two latitudes on one meridian. */
  static double distance(double latitude, double other) {
    return EARTH_RADIUS * Math.abs(Math.toRadians(other) - Math.toRadians(latitude));
  }

  /** Metres to another place along the great circle, by the haversine formula. */
  double distance(Place other) {
    double v = Math.sin((Math.toRadians(other.longitude) - Math.toRadians(longitude)) / 2);
    if (v == 0) {
      return distance(latitude, other.latitude);
    }
    double from = Math.toRadians(latitude);
    double to = Math.toRadians(other.latitude);
    double u = Math.sin((to - from) / 2);
    double a = u * u + Math.cos(from) * Math.cos(to) * v * v;
    return 2 * EARTH_RADIUS * Math.asin(Math.sqrt(a));
  }
}
