package io.keyward.engine.builtin.geo;

/** What a search looks into, around a centre; lengths in metres. */
sealed interface Shape {
  /** The distance of a place from the centre, NaN if it lies outside of the shape. */
  double distanceWithin(Place centre, Place place);

  /** How far the shape reaches to the north and the south. */
  double halfHeight();

  /** How far the shape reaches to the east and the west. */
  double halfWidth();

  /** How far the shape reaches at all. */
  double reach();

  /** All places that are not further away. */
  record Circle(double radius) implements Shape {
    /** More than what rounding can make of a distance. */
    private static final double TOLERANCE = 1 + 1e-9;

    @Override
    public double distanceWithin(Place centre, Place place) {
      if (Place.distance(centre.latitude(), place.latitude()) > radius * TOLERANCE) {
        return Double.NaN;
      }
      double distance = centre.distance(place);
      return distance > radius ? Double.NaN : distance;
    }

    @Override
    public double halfHeight() {
      return radius;
    }

    @Override
    public double halfWidth() {
      return radius;
    }

    @Override
    public double reach() {
      return radius;
    }
  }

  /** The places whose latitude, and whose longitude on its own latitude, is not further away. */
  record Box(double width, double height) implements Shape {
    @Override
    public double distanceWithin(Place centre, Place place) {
      if (Place.distance(place.latitude(), centre.latitude()) > halfHeight()) {
        return Double.NaN;
      }
      Place beside = new Place(centre.longitude(), place.latitude());
      return place.distance(beside) > halfWidth() ? Double.NaN : centre.distance(place);
    }

    @Override
    public double halfHeight() {
      return height / 2;
    }

    @Override
    public double halfWidth() {
      return width / 2;
    }

    @Override
    public double reach() {
      return Math.hypot(width / 2, height / 2);
    }
  }
}
