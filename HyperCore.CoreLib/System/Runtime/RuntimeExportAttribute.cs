namespace System.Runtime;

[AttributeUsage(AttributeTargets.Method)]
public sealed class RuntimeExportAttribute : Attribute
{
    public RuntimeExportAttribute(string entryPoint) => EntryPoint = entryPoint;

    public string EntryPoint { get; }
}
