using System.Runtime.InteropServices;

namespace HyperCore.Efi.Cpu;

/// <summary>What LGDT and LIDT load (AMD APM vol. 2, 4.6.2).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct DescriptorTableRegister
{
    /// <summary>Length of the table in bytes, less one.</summary>
    public ushort Limit;

    /// <summary>Linear address of the table.</summary>
    public ulong Base;
}
