namespace System.Runtime;

/// <summary>
/// Together with <see cref="CompilerServices.MethodImplOptions.InternalCall"/> on an extern method: a direct call of a symbol of the
/// image, usually one written in assembly. No marshalling, no transition: arguments follow the Win64 calling convention.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RuntimeImportAttribute : Attribute
{
    public RuntimeImportAttribute(string entryPoint) => EntryPoint = entryPoint;

    public RuntimeImportAttribute(string dllName, string entryPoint)
    {
        DllName = dllName;
        EntryPoint = entryPoint;
    }

    public string? DllName { get; }

    public string EntryPoint { get; }
}
