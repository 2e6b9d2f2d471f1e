namespace System.Collections.Generic;

/// <summary>
/// Equality of generic code, without a comparer object: the compiler sees each value type by itself and folds the tests away.
/// </summary>
public static class EqualityComparer<T>
{
    public static bool AreEqual(T left, T right)
    {
        if (left is IEquatable<T> equatable)
        {
            return equatable.Equals(right);
        }

        return left == null ? right == null : left.Equals(right);
    }
}
