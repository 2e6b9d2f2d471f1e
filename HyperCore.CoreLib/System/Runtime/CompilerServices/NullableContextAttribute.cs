namespace System.Runtime.CompilerServices;

[AttributeUsage(AttributeTargets.All)]
public sealed class NullableContextAttribute : Attribute
{
    public NullableContextAttribute(byte flag) => Flag = flag;

    public byte Flag { get; }
}
