using System;
using System.Buffers.Binary;
using System.Numerics;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Memory;
using P = HyperCore.Core.Boot.LinuxBootParameters;

namespace HyperCore.Core.Boot;

/// <summary>Loads a bzImage (Linux x86 boot protocol, "The Real-Mode Kernel Header" and "64-bit Boot Protocol").</summary>
internal static class LinuxBzImage
{
    private const int SectorSize = 512;
    private const ulong MaxAlignment = 1 << 30;

    /// <summary>The file has a setup header.</summary>
    public static bool HasMagic(ReadOnlySpan<byte> file) =>
        file.Length >= P.SetupHeaderLimit
        && BinaryPrimitives.ReadUInt16LittleEndian(file.Slice(P.BootFlag)) == P.BootFlagValue
        && BinaryPrimitives.ReadUInt32LittleEndian(file.Slice(P.Header)) == P.HeaderValue;

    /// <summary>Puts the kernel into RAM and its setup header into the zero page, which is clear before.</summary>
    public static bool TryLoad(GuestMemory memory, scoped in LinuxBoot boot, ulong limit, out LinuxKernelPlacement placement, ref TextBuilder error)
    {
        ReadOnlySpan<byte> file = boot.Kernel;
        placement = default;
        if (!CheckHeader(boot, out ReadOnlySpan<byte> code, ref error))
        {
            return false;
        }

        ulong start = BinaryPrimitives.ReadUInt64LittleEndian(file.Slice(P.PrefAddress));
        if (file[P.RelocatableKernel] != 0)
        {
            uint alignment = BinaryPrimitives.ReadUInt32LittleEndian(file.Slice(P.KernelAlignment));
            if (!BitOperations.IsPow2(alignment) || alignment > MaxAlignment || start > limit)
            {
                return BootError.Say(ref error, boot.VirtualMachine, "kernel is damaged: its kernel_alignment or pref_address makes no sense");
            }

            // A relocatable kernel below pref_address would move itself up to it anyway, so there is no use in trying lower addresses.
            start = (Math.Max(start, BootLayout.KernelFloor) + alignment - 1) & ~((ulong)alignment - 1);
        }

        ulong length = Math.Max(BinaryPrimitives.ReadUInt32LittleEndian(file.Slice(P.InitSize)), (ulong)code.Length);
        if (start < BootLayout.KernelFloor || start > limit || length > limit - start)
        {
            return BootError.KernelDoesNotFit(ref error, boot.VirtualMachine, start, length, memory.TotalBytes);
        }

        var writer = new GuestWriter(memory);
        writer.Bytes(start, code);

        // The header's length is in the jump that skips it; it must not reach over what follows it in boot_params.
        int headerEnd = Math.Min(P.Header + file[P.JumpLength], P.SetupHeaderLimit);
        writer.Bytes(BootLayout.ZeroPage + P.SetupSects, file.Slice(P.SetupSects, headerEnd - P.SetupSects));
        writer.U8(BootLayout.ZeroPage + P.LoadFlags, (byte)(file[P.LoadFlags] & ~P.CanUseHeap));
        writer.U32(BootLayout.ZeroPage + P.Code32Start, (uint)start);

        placement.Entry = start + P.Entry64Offset;
        placement.End = start + length;
        placement.InitrdAddressMax = BinaryPrimitives.ReadUInt32LittleEndian(file.Slice(P.InitrdAddrMax));
        placement.CommandLineSize = BinaryPrimitives.ReadUInt32LittleEndian(file.Slice(P.CmdlineSize));
        return true;
    }

    private static bool CheckHeader(scoped in LinuxBoot boot, out ReadOnlySpan<byte> code, ref TextBuilder error)
    {
        ReadOnlySpan<byte> file = boot.Kernel;
        code = default;
        ushort version = BinaryPrimitives.ReadUInt16LittleEndian(file.Slice(P.Version));
        if (version < P.MinVersion)
        {
            BootError.Start(ref error, boot.VirtualMachine);
            error.Append("kernel is too old: it has boot protocol ");
            error.AppendDecimal((ulong)(version >> 8));
            error.Append('.');
            error.AppendDecimal((ulong)(version & 0xFF), 2, '0');
            error.Append(", expected 2.12 or later");
            return false;
        }

        if ((BinaryPrimitives.ReadUInt16LittleEndian(file.Slice(P.XLoadFlags)) & P.XlfKernel64) == 0)
        {
            return BootError.Say(ref error, boot.VirtualMachine, "kernel has no 64-bit entry point; expected a 64-bit kernel");
        }

        if ((file[P.LoadFlags] & P.LoadedHigh) == 0)
        {
            return BootError.Say(ref error, boot.VirtualMachine, "kernel is a zImage, which is loaded below 1M; expected a bzImage");
        }

        int sectors = file[P.SetupSects] == 0 ? 4 : file[P.SetupSects]; // 0 means 4, for the oldest kernels' sake
        int setup = (sectors + 1) * SectorSize;

        // syssize counts paragraphs of 16 bytes; whether it rounds up or down depends on the kernel's version.
        ulong expected = BinaryPrimitives.ReadUInt32LittleEndian(file.Slice(P.SysSize)) * 16ul;
        if (file.Length <= setup + (int)P.Entry64Offset || (ulong)(file.Length - setup) + 15 < expected)
        {
            return BootError.Say(ref error, boot.VirtualMachine, "kernel is damaged: the file is shorter than its header says");
        }

        code = file.Slice(setup);
        return true;
    }
}
