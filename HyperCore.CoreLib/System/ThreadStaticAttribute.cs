namespace System;

[AttributeUsage(AttributeTargets.Field)]
public sealed class ThreadStaticAttribute : Attribute
{
}
