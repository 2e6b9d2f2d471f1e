using System;

namespace HyperCore.Core.Processor;

/// <summary>
/// The features of a processor that a vCPU may come to depend on, as CPUID reports them. A vCPU moves between processors, so each must have
/// what the boot processor has.
/// </summary>
public sealed class ProcessorFeatures
{
    private const uint ExtendedLeaf = 0x8000_0000;

    // OSXSAVE follows CR4, and APIC the local APIC's switch: neither says what the processor has.
    private const uint OsXsave = 1u << 27;
    private const uint Apic = 1u << 9;

    private readonly uint[] _words = new uint[s_names.Length];

    /// <summary>Reads the features of the processor that runs the caller. Allocates nothing.</summary>
    public void Read(HostProcessor processor)
    {
        uint last = processor.Cpuid(0).Eax;
        uint lastExtended = processor.Cpuid(ExtendedLeaf).Eax;
        CpuidResult basic = processor.Cpuid(1);
        _words[0] = basic.Ecx & ~OsXsave;
        _words[1] = basic.Edx & ~Apic;
        if (last >= 7)
        {
            CpuidResult structured = processor.Cpuid(7);
            _words[2] = structured.Ebx;
            _words[3] = structured.Ecx & ~(1u << 4); // OSPKE follows CR4.
            _words[4] = structured.Edx;
        }

        if (last >= 0xD)
        {
            CpuidResult xsave = processor.Cpuid(0xD);
            _words[5] = xsave.Eax;
            _words[6] = xsave.Edx;
            _words[7] = processor.Cpuid(0xD, 1).Eax;
        }

        if (lastExtended >= ExtendedLeaf + 1)
        {
            CpuidResult extended = processor.Cpuid(ExtendedLeaf + 1);
            _words[8] = extended.Ecx;
            _words[9] = extended.Edx & ~Apic;
        }

        if (lastExtended >= ExtendedLeaf + 8)
        {
            _words[10] = processor.Cpuid(ExtendedLeaf + 8).Ebx;
        }

        if (lastExtended >= ExtendedLeaf + 0xA)
        {
            _words[11] = processor.Cpuid(ExtendedLeaf + 0xA).Edx;
        }
    }

    private static readonly string[] s_names =
    [
        "1 ECX", "1 EDX", "7 EBX", "7 ECX", "7 EDX", "Dh EAX", "Dh EDX", "Dh.1 EAX", "8000_0001h ECX", "8000_0001h EDX", "8000_0008h EBX", "8000_000Ah EDX",
    ];

    /// <summary>What a processor lacks that this one has.</summary>
    /// <param name="other">The other processor.</param>
    /// <param name="register">The leaf and register of CPUID, for people to read: <c>8000_000Ah EDX</c>.</param>
    /// <param name="bits">The bits of it that are missing.</param>
    /// <returns>Something is missing.</returns>
    public bool IsMissing(ProcessorFeatures other, out string register, out uint bits)
    {
        ArgumentNullException.ThrowIfNull(other);
        for (int i = 0; i < _words.Length; i++)
        {
            bits = _words[i] & ~other._words[i];
            if (bits != 0)
            {
                register = s_names[i];
                return true;
            }
        }

        register = "";
        bits = 0;
        return false;
    }
}
