using System;
using System.Runtime.CompilerServices;
using HyperCore.Core.Memory;
using HyperCore.Efi.Uefi;

namespace HyperCore.Efi.Startup;

/// <summary>Reads the firmware's memory map. Its buffer is made beforehand: allocating between reading the map and leaving would change the map.</summary>
internal sealed unsafe class FirmwareMemoryMap(EFI_BOOT_SERVICES* services)
{
    // 48 bytes a descriptor, 50 to 200 of them on machines there are.
    private readonly byte[] _buffer = new byte[48 << 10];
    private nuint _length;
    private nuint _descriptorSize;

    /// <summary>What ExitBootServices wants to see: proves that the map is the current one.</summary>
    public nuint Key { get; private set; }

    /// <summary>The descriptors that were read last.</summary>
    public ReadOnlySpan<byte> Descriptors => _buffer.AsSpan(0, (int)_length);

    /// <summary>Bytes from one descriptor to the next.</summary>
    public int DescriptorSize => (int)_descriptorSize;

    /// <summary>Reads the current map.</summary>
    /// <returns>False when the firmware fails or the map is larger than the buffer.</returns>
    public bool TryFetch()
    {
        // The heap never moves.
        var map = (EFI_MEMORY_DESCRIPTOR*)Unsafe.AsPointer(ref _buffer[0]);
        nuint length = (nuint)_buffer.Length;
        nuint key;
        nuint descriptorSize;
        uint version;
        if (services->GetMemoryMap(&length, map, &key, &descriptorSize, &version) != EFI_STATUS.EFI_SUCCESS)
        {
            return false;
        }

        _length = length;
        _descriptorSize = descriptorSize;
        Key = key;
        return true;
    }

    /// <summary>Translates the map read last.</summary>
    /// <returns>False when it has too many ranges.</returns>
    public bool TryRead(HostMemoryMap map) => map.TryReadUefi(_buffer.AsSpan(0, (int)_length), (int)_descriptorSize);
}
