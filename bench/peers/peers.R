# Peers in R, one task a process: Rscript peers.R <task> <folder of inputs>.
# Prints what it answers as one line of JSON, then, for every line "go <count>" read, the CPU time of that many runs.
# A task that is too slow to run whole does a share of the work, and says which share.

arguments <- commandArgs(trailingOnly = TRUE)
folder <- arguments[2]

integers <- function(name) {
  path <- file.path(folder, name)
  readBin(path, "integer", n = file.size(path) / 4, size = 4, endian = "little")
}
doubles <- function(name) {
  path <- file.path(folder, name)
  readBin(path, "double", n = file.size(path) / 8, size = 8, endian = "little")
}
say <- function(values) {
  fields <- mapply(function(name, value) {
    text <- if (is.character(value)) paste0("\"", value, "\"") else if (is.list(value)) object(value) else format(value, digits = 17)
    paste0("\"", name, "\":", text)
  }, names(values), values)
  cat(paste0("{", paste(fields, collapse = ","), "}"), "\n", sep = "")
  flush(stdout())
}
object <- function(values) {
  fields <- mapply(function(name, value) paste0("\"", name, "\":", format(value, digits = 17)), names(values), values)
  paste0("{", paste(fields, collapse = ","), "}")
}
needs <- function(package) {
  if (!requireNamespace(package, quietly = TRUE)) {
    say(list(missing = paste("not here: no R package", package)))
    quit(save = "no")
  }
  paste(package, as.character(packageVersion(package)))
}
seconds <- function() {
  used <- proc.time()
  used[["user.self"]] + used[["sys.self"]]
}

tasks <- list(
  "auc-proc" = function() {
    version <- needs("pROC")
    labels <- integers("labels.i4")
    scores <- doubles("scores.f8")
    list(version = version, share = 1, job = function() {
      curve <- pROC::roc(labels, scores, levels = c(0, 1), direction = "<", quiet = TRUE)
      list(auc = as.numeric(curve$auc), variance = pROC::var(curve, method = "delong"))
    })
  },
  # pROC's stratified bootstrap: a share of the 2,000 replicates.
  "bootstrap-proc" = function() {
    version <- needs("pROC")
    labels <- integers("labels.i4")
    scores <- doubles("scores.f8")
    replicates <- 100
    list(version = version, share = replicates / 2000, job = function() {
      curve <- pROC::roc(labels, scores, levels = c(0, 1), direction = "<", quiet = TRUE)
      interval <- pROC::ci.auc(curve, method = "bootstrap", boot.n = replicates, boot.stratified = TRUE, progress = "none")
      list(auc = as.numeric(curve$auc), "rough se" = (interval[3] - interval[1]) / 3.92)
    })
  },
  # boot with the AUC by ranks.
  "bootstrap-boot" = function() {
    version <- needs("boot")
    labels <- integers("labels.i4")
    scores <- doubles("scores.f8")
    replicates <- 100
    area <- function(frame, rows) {
      positive <- labels[rows] == 1
      m <- sum(positive)
      (sum(rank(scores[rows])[positive]) - m * (m + 1) / 2) / (m * (length(rows) - m))
    }
    list(version = version, share = replicates / 2000, job = function() {
      result <- boot::boot(seq_along(labels), function(data, rows) area(data, rows), R = replicates, strata = labels)
      list(auc = as.numeric(result$t0), "rough se" = sd(result$t))
    })
  },
  # No package of Debian offers the Miettinen-Nurminen interval: the score statistic with the closed-form restricted
  # estimates, and R's own root finder.
  "miettinen-nurminen" = function() {
    counts <- matrix(integers("counts.i4"), nrow = 4)
    tables <- 50
    interval <- function(x1, n1, x2, n2, level = 0.95) {
      z <- qnorm(1 - (1 - level) / 2)
      total <- n1 + n2
      estimate <- x1 / n1 - x2 / n2
      statistic <- function(delta) {
        l2 <- (n1 + 2 * n2) * delta - total - x1 - x2
        l1 <- (n2 * delta - total - 2 * x2) * delta + x1 + x2
        l0 <- x2 * delta * (1 - delta)
        q <- l2^3 / (27 * total^3) - l1 * l2 / (6 * total^2) + l0 / (2 * total)
        p <- sign(q) * sqrt(max(0, l2^2 / (9 * total^2) - l1 / (3 * total)))
        a <- (pi + acos(if (p == 0) 0 else max(-1, min(1, q / p^3)))) / 3
        p2 <- min(max(2 * p * cos(a) - l2 / (3 * total), 0, -delta), 1, 1 - delta)
        p1 <- min(max(p2 + delta, 0), 1)
        variance <- (p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2) * total / (total - 1)
        (estimate - delta) / sqrt(variance)
      }
      edge <- 1 - 1e-9
      low <- uniroot(function(delta) statistic(delta) - z, c(-edge, estimate - 1e-9), tol = 1e-12)$root
      high <- uniroot(function(delta) statistic(delta) + z, c(estimate + 1e-9, edge), tol = 1e-12)$root
      c(low, high)
    }
    list(version = paste("R", getRversion()), share = tables / ncol(counts), job = function(all = FALSE) {
      sum <- 0
      for (at in seq_len(if (all) ncol(counts) else tables)) {
        ends <- interval(counts[1, at], counts[2, at], counts[3, at], counts[4, at])
        sum <- sum + ends[1] + 2 * ends[2]
      }
      list(sum = sum)
    }, check = TRUE)
  }
)

task <- tasks[[arguments[1]]]()
start <- seconds()
answer <- if (isTRUE(task$check)) task$job(TRUE) else task$job()
say(list(version = task$version, answer = answer, first = seconds() - start, share = task$share))
input <- file("stdin", "r")
while (length(line <- readLines(input, n = 1)) > 0) {
  count <- as.integer(strsplit(line, " ")[[1]][2])
  start <- seconds()
  for (run in seq_len(count)) task$job()
  say(list(seconds = seconds() - start))
}
