package io.keyward.tenancy;

import java.util.regex.Pattern;

/** The names that a deployment may be given by a login. */
final class DeploymentNames {
  static final String FORM =
      "letters, digits, ., - and _, at most 128, the first a letter or digit";

  private static final Pattern VALID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

  private DeploymentNames() {}

  static boolean isValid(String name) {
    return VALID.matcher(name).matches();
  }
}
