namespace System.Runtime.InteropServices;

// The compiler asks for the type and the method; nothing implements it.
public interface IDynamicInterfaceCastable
{
    internal static RuntimeTypeHandle GetDynamicInterfaceImplementation(IDynamicInterfaceCastable instance, nint interfaceType, ushort slot) => default;
}
