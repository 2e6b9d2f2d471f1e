namespace System;

[AttributeUsage(AttributeTargets.All)]
public sealed class SerializableAttribute : Attribute
{
}
