namespace System;

public struct Nullable<T>
    where T : struct
{
#pragma warning disable IDE1006 // the compiler knows the fields by these names
    private readonly bool hasValue;
    private readonly T value;
#pragma warning restore IDE1006

    public Nullable(T value)
    {
        this.value = value;
        hasValue = true;
    }

    public readonly bool HasValue => hasValue;

    public readonly T Value
    {
        get
        {
            if (!hasValue)
            {
                ThrowHelper.ThrowInvalidOperation("Nullable object must have a value.");
            }

            return value;
        }
    }

    public readonly T GetValueOrDefault() => value;

    public readonly T GetValueOrDefault(T defaultValue) => hasValue ? value : defaultValue;

    public override bool Equals(object? other) => hasValue ? other != null && value.Equals(other) : other == null;

    public override int GetHashCode() => hasValue ? value.GetHashCode() : 0;

    public static implicit operator T?(T value) => new Nullable<T>(value);

    public static explicit operator T(T? value) => value!.Value;
}
