using System;
using HyperCore.Core.Processor;

namespace HyperCore.Efi.Cpu;

/// <summary>The processor that runs the caller.</summary>
public sealed class PhysicalProcessor : HostProcessor
{
    private const uint PredictionCommand = 0x49;
    private const uint BrandFirst = 0x8000_0002;
    private const uint BrandLast = 0x8000_0004;

    /// <inheritdoc/>
    public override CpuidResult Cpuid(uint leaf, uint subleaf = 0)
    {
        CpuidResult result = default;
        Intrinsics.Cpuid(leaf, subleaf, out result.Eax, out result.Ebx, out result.Ecx, out result.Edx);
        return result;
    }

    /// <inheritdoc/>
    public override void IndirectBranchPredictionBarrier() => Intrinsics.WriteMsr(PredictionCommand, 1);

    /// <summary>The processor's name for people, without the spaces that pad it.</summary>
    public string ReadBrand()
    {
        Span<char> text = stackalloc char[48];
        int length = 0;
        if (Cpuid(0x8000_0000).Eax < BrandLast)
        {
            return "unknown";
        }

        for (uint leaf = BrandFirst; leaf <= BrandLast; leaf++)
        {
            CpuidResult part = Cpuid(leaf);
            Append(text, ref length, part.Eax);
            Append(text, ref length, part.Ebx);
            Append(text, ref length, part.Ecx);
            Append(text, ref length, part.Edx);
        }

        while (length > 0 && text[length - 1] == ' ')
        {
            length--;
        }

        return new string(text.Slice(0, length));
    }

    private static void Append(Span<char> text, ref int length, uint four)
    {
        for (int shift = 0; shift < 32; shift += 8)
        {
            var character = (char)(four >> shift & 0xFF);
            bool isLeadingSpace = character == ' ' && length == 0;
            if (character is >= ' ' and < (char)0x7F && !isLeadingSpace)
            {
                text[length++] = character;
            }
        }
    }
}
